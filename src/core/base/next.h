/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The next definition of a name behind this library, in the order in which objects are linked:
 * what dlsym(RTLD_NEXT) finds.  But that takes the linker's lock, which another thread may hold for
 * long (it runs constructors under it) or, in the child of a fork, for ever.  This takes none,
 * allocates nothing and costs a third, so a name can be looked up when it is first needed, wherever
 * that is.  It looks only at what was loaded with the program: that never goes away.
 */
#ifndef CORE_BASE_NEXT_H
#define CORE_BASE_NEXT_H

/* For a constructor: what is loaded now was loaded with the program. */
void next_start(void);

/* The function's address; NULL: there is none. */
void *next_definition(const char *name);

#endif
