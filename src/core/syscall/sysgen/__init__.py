# SPDX-License-Identifier: BSD-2-Clause
"""The generator behind sysgen.py: table (objects), parse (text -> table), ctext (C layout) and one
emit_* module for each family of artefacts."""
