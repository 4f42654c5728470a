/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes, descriptor tables, open files, copies within declared ranges, deadlines: called
 * directly, in the rump half of world.h.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kern/clock.h"
#include "kern/file.h"
#include "kern/usercopy.h"
#include "world.h"

static unsigned nclosed;

static void
count_close(struct file *f)
{
	(void)f;
	nclosed++;
}

static const struct file_ops ops = {.close = count_close};

static struct file *
new_file(void)
{
	struct file *f;

	assert_int_equal(file_new(FILE_PIPE, &ops, &f), 0);
	nclosed = 0;
	return f;
}

static struct proc *
proc_of(void **state)
{
	return ((struct world *)*state)->l.proc;
}

static struct proc *
new_child(struct proc *parent, bool copy_files)
{
	struct proc *p;

	assert_int_equal(proc_new(parent, copy_files, &p), 0);
	return p;
}

/* --- descriptor tables --- */

static void
test_lowest_number(void **state)
{
	struct proc *p = proc_of(state);
	struct file *f = new_file();
	int fd;

	for (int i = 0; i < 40; i++) {
		assert_int_equal(filedesc_alloc(p, f, 0, false, &fd), 0);
		assert_int_equal(fd, i);
		file_ref(f);
	}
	assert_int_equal(filedesc_close(p, 7), 0);
	file_ref(f);
	assert_int_equal(filedesc_alloc(p, f, 0, false, &fd), 0);
	assert_int_equal(fd, 7);
	file_ref(f);
	assert_int_equal(filedesc_alloc(p, f, 1000, false, &fd), 0);
	assert_int_equal(fd, 1000);
	file_unref(f);
	assert_int_equal(nclosed, 0);
}

static void
test_table_full(void **state)
{
	struct proc *p = proc_of(state);
	struct file *f = new_file();
	int fd;

	for (int i = 0; i < FILEDESC_MAX; i++) {
		assert_int_equal(filedesc_alloc(p, f, 0, false, &fd), 0);
		file_ref(f);
	}
	file_ref(f);
	assert_int_equal(filedesc_alloc(p, f, 0, false, &fd), EMFILE);
	file_ref(f);
	assert_int_equal(filedesc_alloc(p, f, FILEDESC_MAX, false, &fd), EINVAL);
	file_ref(f);
	assert_int_equal(filedesc_alloc(p, f, -1, false, &fd), EINVAL);
	file_unref(f);
}

static void
test_words_that_name_nothing(void **state)
{
	static const uint64_t words[] = {
	    0, 5, FILEDESC_MAX, UINT64_MAX, (uint64_t)-100, UINT64_C(1) << 62, UINT64_C(1) << 32};
	struct proc *p = proc_of(state);
	struct file *f = new_file(), *got;
	int fd;

	assert_int_equal(filedesc_alloc(p, f, 3, false, &fd), 0);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		assert_int_equal(filedesc_get(p, words[i], &got), EBADF);
		assert_int_equal(filedesc_close(p, words[i]), EBADF);
	}
	assert_int_equal(filedesc_get(p, 3, &got), 0);
	assert_ptr_equal(got, f);
}

static void
test_set_closes_what_was_there(void **state)
{
	struct proc *p = proc_of(state);
	struct file *a = new_file(), *b = new_file();

	assert_int_equal(filedesc_set(p, a, 100, true), 0);
	assert_true(filedesc_cloexec(p, 100));
	assert_int_equal(filedesc_set(p, b, 100, false), 0);
	assert_int_equal(nclosed, 1);
	assert_false(filedesc_cloexec(p, 100));
	file_ref(b);
	assert_int_equal(filedesc_set(p, b, FILEDESC_MAX, false), EBADF);
	file_ref(b);
	assert_int_equal(filedesc_set(p, b, (uint64_t)-1, false), EBADF);
	assert_int_equal(filedesc_close(p, 100), 0);
	assert_int_equal(nclosed, 2);
}

/* --- processes --- */

static void
test_fork_shares_files(void **state)
{
	struct proc *p = proc_of(state), *child, *fresh;
	struct file *f = new_file(), *got;
	int fd;

	assert_int_equal(filedesc_alloc(p, f, 0, true, &fd), 0);
	child = new_child(p, true);
	fresh = new_child(p, false);
	assert_int_equal(filedesc_get(child, 0, &got), 0);
	assert_ptr_equal(got, f);
	assert_true(filedesc_cloexec(child, 0));
	assert_int_equal(filedesc_get(fresh, 0, &got), EBADF);
	assert_int_equal(filedesc_close(p, 0), 0);
	assert_int_equal(nclosed, 0);
	proc_exit(child);
	assert_int_equal(nclosed, 1);
	proc_exit(fresh);
}

static void
test_exec(void **state)
{
	struct proc *p = proc_of(state);
	struct file *a = new_file(), *b = new_file(), *got;

	assert_int_equal(filedesc_set(p, a, 0, true), 0);
	assert_int_equal(filedesc_set(p, b, 1, false), 0);
	proc_exec(p, "a-name-that-is-too-long-for-it");
	assert_string_equal(p->comm, "a-name-that-is-");
	assert_int_equal(filedesc_get(p, 0, &got), EBADF);
	assert_int_equal(filedesc_get(p, 1, &got), 0);
	assert_int_equal(nclosed, 1);
}

static void
test_family(void **state)
{
	struct proc *p = proc_of(state);
	struct proc *child = new_child(p, true), *grandchild = new_child(child, true);
	pid_t pid = child->pid;

	assert_int_equal(p->parent->pid, 1);
	assert_true(pid > p->pid && grandchild->pid > pid);
	assert_ptr_equal(proc_find(pid), child);
	proc_exit(child);
	assert_null(proc_find(pid));
	assert_ptr_equal(grandchild->parent, proc_init_p);
	proc_exit(grandchild);
}

static void
test_child_inherits(void **state)
{
	struct proc *p = proc_of(state), *child;

	p->cred = (struct cred){.ruid = 1, .euid = 2, .suid = 3, .ngroups = 1, .groups = {9}};
	p->umask = 0123;
	p->abslinks = p->host_root = true;
	child = new_child(p, true);
	assert_memory_equal(&child->cred, &p->cred, sizeof p->cred);
	assert_int_equal(child->umask, 0123);
	assert_true(child->abslinks && child->host_root);
	assert_ptr_equal(child->cwd, p->cwd);
	proc_exit(child);
}

static void
test_cred(void **state)
{
	struct cred c = {
	    .ruid = 1, .euid = 2, .suid = 3, .egid = 5, .fsgid = 5, .ngroups = 1, .groups = {9}};

	(void)state;
	assert_true(cred_has_uid(&c, 1) && cred_has_uid(&c, 2) && cred_has_uid(&c, 3));
	assert_false(cred_has_uid(&c, 0) || cred_is_root(&c));
	assert_true(cred_in_group(&c, 5) && cred_in_group(&c, 9));
	assert_false(cred_in_group(&c, 6));
}

/* --- copies --- */

static void
test_copies_stay_inside(void **state)
{
	struct lwp *l = &((struct world *)*state)->l;
	char memory[8] = "abcdefg", buf[8];
	struct uin in = {(uaddr_t)(uintptr_t)memory, 4};
	struct uout out = {(uaddr_t)(uintptr_t)memory, 4};

	assert_int_equal(uin_get(l, in, 1, buf, 3), 0);
	assert_memory_equal(buf, "bcd", 3);
	assert_int_equal(uin_get(l, in, 2, buf, 3), EFAULT);
	assert_int_equal(uin_get(l, in, 5, buf, 0), 0);
	assert_int_equal(uin_get(l, in, 5, buf, 1), EFAULT);
	assert_int_equal(uin_get(l, in, SIZE_MAX, buf, 2), EFAULT);
	assert_int_equal(uin_get(l, (struct uin){0, 4}, 0, buf, 4), EFAULT);
	assert_int_equal(uin_get(l, (struct uin){UINT64_MAX, 4}, 1, buf, 1), EFAULT);
	assert_int_equal(uout_put(l, out, 2, "XY", 2), 0);
	assert_int_equal(uout_put(l, out, 3, "ZZ", 2), EFAULT);
	assert_string_equal(memory, "abXYefg");
}

/* --- time --- */

static void
test_deadlines(void **state)
{
	struct timespec t, left;

	(void)state;
	assert_true(timeout_is_valid(&(struct timespec){0, 999999999}));
	assert_false(timeout_is_valid(&(struct timespec){0, 1000000000}));
	assert_false(timeout_is_valid(&(struct timespec){-1, 0}));
	deadline_after_ms(0, &t);
	assert_true(deadline_has_passed(&t));
	deadline_after_ms(3599999, &t);
	assert_false(deadline_has_passed(&t));
	deadline_left(&t, &left);
	assert_true(left.tv_sec == 3599 && left.tv_nsec <= 999000000);
	deadline_after(&(struct timespec){INT64_MAX, 999999999}, &t);
	assert_false(deadline_has_passed(&t));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(lowest_number),
	    TEST(table_full),
	    TEST(words_that_name_nothing),
	    TEST(set_closes_what_was_there),
	    TEST(fork_shares_files),
	    TEST(exec),
	    TEST(family),
	    TEST(child_inherits),
	    TEST(cred),
	    TEST(copies_stay_inside),
	    TEST(deadlines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
