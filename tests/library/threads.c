/*
 * One thread per user, all at once; each repeats a session: log in, list, fetch all, quit. Meant
 * for the thread sanitizer. Usage: threads PORT CA-FILE CACHE-DIR ROUNDS USER...
 */
#include <inttypes.h>
#include <pop3/pop3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define WORKERS_MAX 8

struct worker {
	struct pop3_sink sink; /* first: it is cast back */
	struct pop3_receiver receiver;
	struct pop3_account account;
	pthread_t thread;
	uint64_t octets;
	long rounds;
	struct pop3_error err;
};

static int count(struct pop3_sink *sink, const char *data, size_t length, struct pop3_error *err)
{
	struct worker *const worker = (struct worker *)sink;

	(void)data, (void)err;
	worker->octets += length;
	return 0;
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	char *const worker = (char *)receiver - offsetof(struct worker, receiver);

	(void)i, (void)err;
	return &((struct worker *)worker)->sink;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	(void)receiver, (void)i;
	if (failure == NULL)
		return 0;
	*err = *failure;
	return -1;
}

static int fetch_all(struct worker *worker, struct pop3_session *session)
{
	struct pop3_error *const err = &worker->err;
	struct pop3_listing listing = { .count = 0 };
	struct pop3_request *requests;
	int result;

	if (pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &listing, err) < 0)
		return -1;
	requests = calloc(listing.count + 1, sizeof *requests);
	for (size_t i = 0; requests != NULL && i < listing.count; i++)
		requests[i].number = listing.entries[i].number;
	result = requests != NULL
			 ? pop3_retr(session, requests, listing.count, &worker->receiver, err)
			 : pop3_fail_errno(err, POP3_E_MEMORY, "requests");
	free(requests);
	pop3_listing_release(&listing);
	return result;
}

static void *work(void *arg)
{
	struct worker *const worker = arg;
	int result = 0;

	for (long i = 0; i < worker->rounds && result == 0; i++) {
		struct pop3_session *const session =
			pop3_session_open(&worker->account, &worker->err);

		result = session != NULL ? fetch_all(worker, session) : -1;
		if (result == 0)
			result = pop3_session_quit(session, &worker->err);
		pop3_session_close(session);
	}
	return result < 0 ? worker : NULL;
}

/* Prints how many octets a worker has received, or why it failed. */
static int conclude(struct worker *worker)
{
	void *failed;

	pthread_join(worker->thread, &failed);
	printf("%s\t%" PRIu64 "\n", worker->account.user, worker->octets);
	if (failed != NULL)
		fprintf(stderr, "%s: %s\n", worker->account.user, worker->err.text);
	return failed != NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[WORKERS_MAX];
	struct pop3_secret secret = { .length = 0 };
	int started = 0, failures = 0;

	if (argc < 6 || pop3_secret_append(&secret, "secret", 6, &workers[0].err) < 0)
		return 2;
	for (; started < argc - 5 && started < WORKERS_MAX; started++) {
		workers[started] = (struct worker){
			.sink.write = count,
			.receiver = { .begin = begin, .end = end },
			.account = { .host = "localhost", .port = (uint16_t)strtol(argv[1], NULL, 10),
				     .user = argv[5 + started], .secret = &secret,
				     .trust.ca_file = argv[2], .cache_dir = argv[3] },
			.rounds = strtol(argv[4], NULL, 10),
		};
		if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
			return 2;
	}
	while (started > 0)
		failures += conclude(&workers[--started]);
	pop3_secret_wipe(&secret);
	return failures != 0;
}
