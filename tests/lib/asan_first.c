/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes librumphijack.so usable under AddressSanitizer, in programs that know nothing of it.
 *
 * Constructors of a program's other libraries call what the hijacker exports, before ASan is up if
 * the dynamic linker happens to initialise them first: the first instrumented function then writes
 * into shadow memory that is not there.  This library is linked with -z initfirst, so its
 * constructor is the first of all, and the only one it has is the compiler's, which starts ASan.
 * (The hijacker cannot be that library: its own constructor needs libc's to have run.)
 */
typedef int asan_first;
