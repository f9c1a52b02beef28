#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * SIGINT, SIGTERM and SIGHUP end a run cleanly: they make a descriptor readable that every wait
 * polls. A second signal ends the run at once. SIGPIPE and SIGXFSZ are ignored.
 */

/* Returns the descriptor, or -1 with errno. Call it once. */
int signals_catch(void);

/* The signal received, 0 while there is none. */
int signals_caught(void);

/* Called after handling a signal, to continue as if there had been none. */
void signals_forget(void);

#endif
