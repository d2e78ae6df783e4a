// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptions of routes that come from user space.
 *
 * Whatever adds or changes a route looks at what the caller wrote here, before it
 * looks at the table: a description that is accepted has next hops that are the
 * caller's, none twice, and values in range.
 */
#include "rtm_client.h"
#include "rtm_route_spec.h"

#include <linux/err.h>
#include <linux/sockptr.h>
#include <linux/string.h>

#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_table.h"

/* A next hop the caller may put into a route; a reference, or NULL. */
static struct rtm_nexthop *usable_nexthop(struct rtm_client *client, struct rtm_entity *self,
					  u64 id)
{
	struct rtm_nexthop *nh = rtm_handle_nexthop(client, id);

	if (!nh)
		return NULL;
	if (nh->owner == self && READ_ONCE(nh->state) == RTM_STATE_CREATED)
		return nh;
	rtm_nexthop_put(nh);
	return NULL;
}

static bool has_nexthop(const struct rtm_nhset *nhs, unsigned int n, const struct rtm_nexthop *nh)
{
	while (n--)
		if (nhs->nh[n] == nh)
			return true;
	return false;
}

static int fill_nexthops(struct rtm_client *client, struct rtm_entity *self,
			 struct rtm_nhset *nhs, const u64 *ids)
{
	struct rtm_nexthop *nh;
	unsigned int i;

	for (i = 0; i < nhs->n; i++) {
		nh = usable_nexthop(client, self, ids[i]);
		if (!nh)
			return -EBADF;
		nhs->nh[i] = nh;
		if (has_nexthop(nhs, i, nh))
			return -EINVAL;
	}
	return 0;
}

/* The source address has as many bytes as the family; what follows is padding. */
static int check_src(const struct rtm_route_attrs *attrs, u16 family)
{
	unsigned int bytes = rtm_family_bits(family) / 8;

	return memchr_inv(attrs->src + bytes, 0, sizeof(attrs->src) - bytes) ? -EINVAL : 0;
}

/* Next hops and neighbour, checked; what has been taken is in the set in any case. */
static int fill_nhset(struct rtm_client *client, struct rtm_entity *self,
		      const struct rtm_route_attrs *attrs, struct rtm_nhset *nhs, const u64 *ids)
{
	if (attrs->neighbour) {
		nhs->neighbour = usable_nexthop(client, self, attrs->neighbour);
		if (!nhs->neighbour)
			return -EBADF;
	}
	nhs->mtu = attrs->mtu;
	memcpy(nhs->src, attrs->src, sizeof(nhs->src));
	return fill_nexthops(client, self, nhs, ids);
}

static struct rtm_nhset *nhset_from_user(struct rtm_client *client, struct rtm_entity *self,
					 const struct rtm_route_attrs *attrs)
{
	u64 ids[RTM_MAX_NEXTHOPS];
	struct rtm_nhset *nhs;
	int err;

	if (attrs->n_nexthops > min_t(u32, rtm_max_nexthops, ARRAY_SIZE(ids)))
		return ERR_PTR(-EINVAL);
	if (copy_from_sockptr(ids, rtm_client_ptr(client, attrs->nexthops),
			      attrs->n_nexthops * sizeof(ids[0])))
		return ERR_PTR(-EFAULT);
	nhs = rtm_nhset_alloc(attrs->n_nexthops);
	if (!nhs)
		return ERR_PTR(-ENOMEM);
	err = fill_nhset(client, self, attrs, nhs, ids);
	if (!err)
		return rtm_nhset_share(nhs, self);
	rtm_nhset_put(nhs);
	return ERR_PTR(err);
}

static int spec_values(struct rtm_entity *self, const struct rtm_net_prefix *dest,
		       const struct rtm_route_attrs *attrs, struct rtm_route_spec *spec)
{
	int err;

	memset(spec, 0, sizeof(*spec));
	if (attrs->pad)
		return -EINVAL;
	err = rtm_prefix_from_user(&spec->prefix, dest, self->table->family);
	if (!err)
		err = check_src(attrs, self->table->family);
	if (!err)
		err = rtm_views_from_user(attrs->views, &spec->views);
	spec->cookie = attrs->cookie;
	spec->metric = attrs->metric;
	spec->preference = attrs->preference;
	spec->flags = attrs->flags;
	spec->flags1 = attrs->flags1;
	spec->ttl_ms = attrs->ttl_ms;
	return err;
}

/**
 * rtm_route_spec_put() - end what rtm_route_spec_from_user() began
 * @spec: the description; whoever has taken over its next hops has cleared them
 *
 * Context: process, may sleep.
 */
void rtm_route_spec_put(struct rtm_route_spec *spec)
{
	rtm_nhset_unuse(spec->nhs);
	rtm_nhset_put(spec->nhs);
}

/**
 * rtm_route_spec_from_user() - check and take over how a caller describes a route
 * @client: the caller's file
 * @self: the caller, owner of the route
 * @dest: its destination
 * @attrs: its content
 * @spec: out: the same for the kernel, to be ended by rtm_route_spec_put(); no list
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EINVAL, -EFAULT, -ENOMEM, -ENOSPC; -EBADF for a next hop that is not a live one
 * of @self.  On failure there is nothing to end.
 */
int rtm_route_spec_from_user(struct rtm_client *client, struct rtm_entity *self,
			     const struct rtm_net_prefix *dest,
			     const struct rtm_route_attrs *attrs, struct rtm_route_spec *spec)
{
	struct rtm_nhset *nhs;
	int err;

	err = spec_values(self, dest, attrs, spec);
	if (err)
		return err;
	nhs = nhset_from_user(client, self, attrs);
	if (IS_ERR(nhs))
		return PTR_ERR(nhs);
	spec->nhs = nhs;
	return 0;
}
