/* SPDX-License-Identifier: BSD-2-Clause */
/* What the network has done. */
#include "net/netcount.h"

struct netcount netcount;
