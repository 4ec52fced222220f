/*
 * What rendered answers depend on, as 64-bit tags: a kept answer is void once a record touches one of
 * its tags.  Two tags may collide, which only voids more than needed.
 */
#ifndef SERVER_REGISTRY_TAGS_H
#define SERVER_REGISTRY_TAGS_H

#include "storage/record.h"

uint64_t registry_tag_subject(struct str subject);
uint64_t registry_tag_id(struct str context, int id);
uint64_t registry_tag_config(void);    /* any configuration or mode */
uint64_t registry_tag_any(void);       /* every change */

enum { REGISTRY_TAGS = 3 };

/* The tags that a record touches; returns how many. */
size_t registry_record_tags(const struct record *record, uint64_t out[REGISTRY_TAGS]);

#endif
