#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stddef.h>

/*
 * Lists whose links are members of their elements, by the names that <sys/queue.h> has for them
 * where there is one. An element is removed in constant time. LIST has one end, TAILQ two.
 */

#define LIST_HEAD(name, type) struct name { struct type *first; }
#define LIST_ENTRY(type) struct { struct type *next, **previous; }

#define LIST_FIRST(head) ((head)->first)
#define LIST_NEXT(element, field) ((element)->field.next)
#define LIST_EMPTY(head) (LIST_FIRST(head) == NULL)
#define LIST_INIT(head) ((void)(LIST_FIRST(head) = NULL))
#define LIST_FOREACH(element, head, field) \
	for ((element) = LIST_FIRST(head); (element) != NULL; (element) = LIST_NEXT(element, field))

#define LIST_INSERT_HEAD(head, element, field) do { \
	(element)->field.next = (head)->first; \
	(element)->field.previous = &(head)->first; \
	if ((head)->first != NULL) \
		(head)->first->field.previous = &(element)->field.next; \
	(head)->first = (element); \
} while (0)

#define LIST_REMOVE(element, field) do { \
	if ((element)->field.next != NULL) \
		(element)->field.next->field.previous = (element)->field.previous; \
	*(element)->field.previous = (element)->field.next; \
} while (0)

/* "end" is where the link to the next element at the tail will stand. */
#define TAILQ_HEAD(name, type) struct name { struct type *first, **end; }
#define TAILQ_ENTRY(type) LIST_ENTRY(type)

#define TAILQ_FIRST(head) LIST_FIRST(head)
#define TAILQ_NEXT(element, field) LIST_NEXT(element, field)
#define TAILQ_EMPTY(head) LIST_EMPTY(head)
#define TAILQ_INIT(head) ((void)((head)->first = NULL, (head)->end = &(head)->first))
#define TAILQ_FOREACH(element, head, field) LIST_FOREACH(element, head, field)

#define TAILQ_INSERT_TAIL(head, element, field) do { \
	(element)->field.next = NULL; \
	(element)->field.previous = (head)->end; \
	*(head)->end = (element); \
	(head)->end = &(element)->field.next; \
} while (0)

#define TAILQ_INSERT_BEFORE(element, new, field) do { \
	(new)->field.next = (element); \
	(new)->field.previous = (element)->field.previous; \
	*(element)->field.previous = (new); \
	(element)->field.previous = &(new)->field.next; \
} while (0)

#define TAILQ_REMOVE(head, element, field) do { \
	if ((element)->field.next == NULL) \
		(head)->end = (element)->field.previous; \
	LIST_REMOVE(element, field); \
} while (0)

#endif
