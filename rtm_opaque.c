// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opaque cells.
 *
 * A cell exists only while its value is not zero: it is linked to its destination,
 * which it keeps alive, and to its entity, whose end frees it.  So a table in
 * which nobody stores anything pays one pointer per destination.  The chain of a
 * destination is no longer than the number of slots that can be reserved.
 *
 * Everything here is under the table's lock.  The value itself means nothing to
 * the kernel; whether to lock the destination around a change is the client's
 * affair.
 */
#include "rtm_opaque.h"

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_table.h"

/**
 * struct opaque_cell - a value of one entity in one destination
 * @dest_node: in rtm_dest_extra.cells
 * @entity_node: in rtm_entity.cells
 * @dest: the destination, holds a reference
 * @entity: the entity; the cell goes before it does
 * @value: not zero
 */
struct opaque_cell {
	struct hlist_node dest_node;
	struct list_head entity_node;
	struct rtm_dest *dest;
	struct rtm_entity *entity;
	u64 value;
};

static struct opaque_cell *find_locked(struct rtm_entity *entity, struct rtm_dest *dest)
{
	struct rtm_dest_extra *extra = rtm_dest_extra(dest);
	struct opaque_cell *cell;

	lockdep_assert_held(&entity->table->lock);
	if (!extra)
		return NULL;
	hlist_for_each_entry(cell, &extra->cells, dest_node)
		if (cell->entity == entity)
			return cell;
	return NULL;
}

static void unlink_locked(struct opaque_cell *cell)
{
	rtm_uncharge(cell->entity, RTM_RES_BYTES, sizeof(*cell));
	hlist_del(&cell->dest_node);
	list_del(&cell->entity_node);
}

static void cell_free(struct opaque_cell *cell)
{
	rtm_dest_put(cell->dest);
	kfree(cell);
}

/* A slot is asked for at registration and ends with it. */
static int check_slot(const struct rtm_entity *entity)
{
	lockdep_assert_held(&entity->table->lock);
	if (!rtm_entity_is_registered(entity))
		return -EIDRM;
	return entity->flags & RTM_REQ_OPAQUE_SLOT ? 0 : -ENOENT;
}

/**
 * rtm_opaque_get() - read a cell
 * @entity: whose
 * @dest: where
 * @value: out: the value, 0 if it was never set
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -ENOENT without a reserved slot; -EIDRM when the entity went.
 */
int rtm_opaque_get(struct rtm_entity *entity, struct rtm_dest *dest, u64 *value)
{
	struct opaque_cell *cell;
	int err;

	mutex_lock(&entity->table->lock);
	err = check_slot(entity);
	if (!err) {
		cell = find_locked(entity, dest);
		*value = cell ? cell->value : 0;
	}
	mutex_unlock(&entity->table->lock);
	return err;
}

static void link_locked(struct rtm_entity *entity, struct rtm_dest *dest,
			struct opaque_cell *cell, u64 value)
{
	rtm_dest_hold(dest);
	cell->dest = dest;
	cell->entity = entity;
	cell->value = value;
	hlist_add_head(&cell->dest_node, &rtm_dest_extra(dest)->cells);
	list_add_tail(&cell->entity_node, &entity->cells);
}

/*
 * Store @value.  Uses up *@fresh if a cell has to be made, and hands back in
 * *@stale one that has become empty.
 */
static int set_locked(struct rtm_entity *entity, struct rtm_dest *dest, u64 value,
		      struct opaque_cell **fresh, struct opaque_cell **stale)
{
	struct opaque_cell *cell;
	int err = check_slot(entity);

	if (err)
		return err;
	cell = find_locked(entity, dest);
	if (cell && value) {
		cell->value = value;
	} else if (cell) {
		unlink_locked(cell);
		*stale = cell;
	} else if (value) {
		err = rtm_charge(entity, RTM_RES_BYTES, sizeof(**fresh));
		if (err)
			return err;
		link_locked(entity, dest, *fresh, value);
		*fresh = NULL;
	}
	return 0;
}

/**
 * rtm_opaque_set() - write a cell
 * @entity: whose
 * @dest: where; the caller holds a reference
 * @value: new value; while it is not 0 the destination stays
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: 0; -ENOENT without a reserved slot; -EIDRM when the entity went;
 * -ENOMEM, -ENOSPC over a limit of bytes.
 */
int rtm_opaque_set(struct rtm_entity *entity, struct rtm_dest *dest, u64 value)
{
	struct opaque_cell *fresh = NULL;
	struct opaque_cell *stale = NULL;
	int err;

	if (value) {
		if (!rtm_dest_extra_get(dest))
			return -ENOMEM;
		fresh = kzalloc(sizeof(*fresh), RTM_GFP_CLIENT);
		if (!fresh)
			return -ENOMEM;
	}
	mutex_lock(&entity->table->lock);
	err = set_locked(entity, dest, value, &fresh, &stale);
	mutex_unlock(&entity->table->lock);
	kfree(fresh);
	if (stale)
		cell_free(stale);
	return err;
}

static struct opaque_cell *pop(struct rtm_entity *entity)
{
	struct opaque_cell *cell;

	mutex_lock(&entity->table->lock);
	cell = list_first_entry_or_null(&entity->cells, struct opaque_cell, entity_node);
	if (cell)
		unlink_locked(cell);
	mutex_unlock(&entity->table->lock);
	return cell;
}

/**
 * rtm_opaque_purge() - free the cells of an entity whose registration ended
 * @entity: the entity
 *
 * Context: process, may sleep, takes the table's lock; yields the CPU.
 */
void rtm_opaque_purge(struct rtm_entity *entity)
{
	struct opaque_cell *cell;

	while ((cell = pop(entity))) {
		cell_free(cell);
		cond_resched();
	}
}
