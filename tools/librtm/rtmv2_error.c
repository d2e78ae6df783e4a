// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Windows error codes for errno.
 *
 * How this file works: one table for all calls.  A call whose documentation has
 * another code for an error says so itself, before it comes here.
 */
#include <errno.h>

#include "rtm_private.h"

static const struct {
	int err;
	DWORD code;
} codes[] = {
	{ 0,			NO_ERROR },
	{ EBADF,		ERROR_INVALID_HANDLE },
	{ EIDRM,		ERROR_INVALID_HANDLE },
	{ ESTALE,		ERROR_INVALID_HANDLE },
	{ EACCES,		ERROR_ACCESS_DENIED },
	{ EPERM,		ERROR_ACCESS_DENIED },
	{ EEXIST,		ERROR_ALREADY_EXISTS },
	{ ENOENT,		ERROR_NOT_FOUND },
	{ EMSGSIZE,		ERROR_INSUFFICIENT_BUFFER },
	{ EINVAL,		ERROR_INVALID_PARAMETER },
	{ EFAULT,		ERROR_INVALID_PARAMETER },
	{ EOPNOTSUPP,		ERROR_NOT_SUPPORTED },
	{ ENOTTY,		ERROR_NOT_SUPPORTED },
	{ ENOMEM,		ERROR_NOT_ENOUGH_MEMORY },
	{ EPROTONOSUPPORT,	ERROR_BAD_CONFIGURATION },
	{ E2BIG,		ERROR_BAD_CONFIGURATION },
	{ ENOSPC,		ERROR_NO_SYSTEM_RESOURCES },
};

/**
 * rtmi_win32() - the Windows code of a result
 * @err: 0 or a negative errno
 *
 * What is not in the table (too many files or threads, a user id out of range)
 * has in common that the system could not.
 *
 * Return: a Windows code.
 */
DWORD rtmi_win32(int err)
{
	size_t i;

	for (i = 0; i < RTMI_ARRAY_SIZE(codes); i++) {
		if (codes[i].err == -err)
			return codes[i].code;
	}
	return ERROR_NO_SYSTEM_RESOURCES;
}
