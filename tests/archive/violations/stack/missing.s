# SPDX-License-Identifier: MIT
# Assembly by hand that says nothing of the stack: the linker then makes it executable.
	.data
	.globl	_ZN8twinpath5callsE
_ZN8twinpath5callsE:
	.long	0
