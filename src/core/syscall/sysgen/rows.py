# SPDX-License-Identifier: BSD-2-Clause
"""Tables in C with a row for each call, found by number."""

from .ctext import fill

# A row begins with its call's name, "" if there is none: an array, as a table of pointers has to be
# relocated, page by page, in each program that starts.


def rows(table, name, row):
    """Two arrays of struct `name`: by Linux's numbers and by our own.  row(call): the fields."""
    linux = [c for c in table.calls if c.private is None]
    private = [c for c in table.calls if c.private is not None]
    arrays = (("rows", linux, ""), ("private_rows", private, " - RUMP_SYS_PRIVATE"))
    text = ""
    for array, calls, base in arrays:
        text += f"\nstatic const struct {name} {array}[] = {{\n"
        for c in calls:
            text += fill(f"[RUMP_SYS_{c.name}{base}] = {{", row(c), "},", "    ")
        text += "    {.name = ""},\n" if not calls else ""
        text += "};\n"
    return text


def finder(struct, function):
    """The function that finds a row of the two arrays."""
    return f"""
const struct {struct} *
{function}(uint32_t nr)
{{
	const struct {struct} *row = NULL;

	if (nr < sizeof rows / sizeof rows[0])
		row = &rows[nr];
	else if (nr - RUMP_SYS_PRIVATE < sizeof private_rows / sizeof private_rows[0])
		row = &private_rows[nr - RUMP_SYS_PRIVATE];
	return row != NULL && row->name[0] != '\\0' ? row : NULL;
}}
"""
