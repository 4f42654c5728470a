# SPDX-License-Identifier: BSD-2-Clause
"""What the .master files say, as objects.  Emitters see nothing else."""

from dataclasses import dataclass, field

ROUTES = ("at", "look", "path", "fd", "pathfd", "at2", "hand", "-")
CLASSES = ("word", "fd", "string", "mem", "walk", "hostfd", "result")
MAX_ARGS = 6
PUBLIC = 64  # private numbers below it are for the hijacker alone


@dataclass(frozen=True)
class Kind:
    name: str
    cls: str
    ctype: str
    printer: str
    header: str  # "<sys/stat.h>", or "" if the type needs none

    @property
    def pointer(self):
        return self.ctype.endswith("*")

    @property
    def pointee(self):
        return self.ctype[:-1].strip()


@dataclass(frozen=True)
class Length:
    """const: unit bytes.  arg: args[index] * unit.  ref: the number that args[index] points to."""

    rule: str
    unit: str = "1"
    index: int = 0


@dataclass
class Arg:
    name: str
    kind: Kind
    direction: str = ""  # "in", "out", "inout" for memory
    length: Length = None
    optional: bool = False
    variadic: bool = False

    @property
    def ctype(self):
        """As libc declares it."""
        constant = self.direction == "in" or self.kind.name == "iovec"
        if constant and self.kind.pointer:
            return "const " + self.kind.ctype
        return self.kind.ctype

    @property
    def word_type(self):
        """As the internal stubs take it: descriptors are words (number or handle)."""
        return "uint64_t" if self.kind.cls == "fd" else self.ctype


@dataclass
class Call:
    name: str
    private: int  # number above RUMP_SYS_PRIVATE, or None: Linux has the call
    route: str
    result: Kind
    args: list
    libc: list
    note: str = ""

    @property
    def is_public(self):
        return self.private is None or self.private >= PUBLIC

    @property
    def has_retval(self):
        return self.result.name not in ("none", "hostfd")

    @property
    def host_name(self):
        """Member of struct host_ops."""
        return self.libc[0]

    @property
    def words(self):
        """The arguments that travel as words: all but host descriptors."""
        return [a for a in self.args if a.kind.cls != "hostfd"]

    def of_kind(self, *names):
        return [a for a in self.args if a.kind.name in names]


@dataclass
class Disguise:
    """A libc function that is another call with some arguments fixed."""

    name: str
    params: list  # of Arg
    target: Call
    values: list  # C expressions, one for each argument of the target
    libc: list

    @property
    def unused(self):
        return [p.name for p in self.params if not self.mentions(p)]

    def mentions(self, param):
        return any(param.name in value.split(" | ") for value in self.values)


@dataclass
class LibcFunction:
    """A hand-written libc function that is no system call; known by its prototype only."""

    name: str
    result: str
    params: list  # of (declaration, name)
    variadic: bool
    libc: list


@dataclass
class Table:
    kinds: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    disguises: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    libc_headers: list = field(default_factory=list)

    @property
    def interposed(self):
        return [c for c in self.calls if c.route != "-"]

    @property
    def hijacked_disguises(self):
        return [d for d in self.disguises if d.libc]

    @property
    def hijacked(self):
        """Everything that has libc names."""
        return self.interposed + self.hijacked_disguises + self.functions

    def headers(self, pointers):
        """Headers of the kinds' types; without pointers: structs will be declared only."""
        kinds = (k for k in self.kinds.values() if k.header)
        return sorted({k.header for k in kinds if pointers or not k.ctype.startswith("struct ")})

    def structs(self):
        return sorted({k.pointee for k in self.kinds.values() if k.ctype.startswith("struct ")})
