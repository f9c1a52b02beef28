#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * SIGINT, SIGTERM and SIGHUP end a run cleanly: they make a descriptor readable that every wait
 * watches. The second one ends it at once. SIGPIPE is ignored.
 */

/* Returns the descriptor, or -1 with errno. To be called once. */
int signals_catch(void);

/* The signal that came, 0 while none has. */
int signals_caught(void);

/* Whoever has dealt with a signal goes on as if there had been none. */
void signals_forget(void);

#endif
