// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <rtmv2.h>: IPv6 addresses to and from RTM_NET_ADDRESS.
 *
 * How this file works: arithmetic alone; no registration and no kernel is needed.
 */
#include "rtm_private.h"

#define IPV6_MAX_BITS	128

DWORD WINAPI RtmConvertNetAddressToIpv6AddressAndLength(PRTM_NET_ADDRESS pNetAddress,
							PIN6_ADDR pAddress, PDWORD pLength,
							DWORD dwAddressSize)
{
	if (!pNetAddress || !pAddress || !pLength || dwAddressSize != sizeof(*pAddress) ||
	    pNetAddress->AddressFamily != AF_INET6 || pNetAddress->NumBits > IPV6_MAX_BITS)
		return ERROR_INVALID_PARAMETER;
	memcpy(pAddress, pNetAddress->AddrBits, sizeof(*pAddress));
	*pLength = pNetAddress->NumBits;
	return NO_ERROR;
}

DWORD WINAPI RtmConvertIpv6AddressAndLengthToNetAddress(PRTM_NET_ADDRESS pNetAddress,
							IN6_ADDR Address, DWORD dwLength,
							DWORD dwAddressSize)
{
	if (!pNetAddress || dwAddressSize != sizeof(Address) || dwLength > IPV6_MAX_BITS)
		return ERROR_INVALID_PARAMETER;
	pNetAddress->AddressFamily = AF_INET6;
	pNetAddress->NumBits = (USHORT)dwLength;
	memcpy(pNetAddress->AddrBits, &Address, sizeof(Address));
	return NO_ERROR;
}
