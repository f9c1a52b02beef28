#ifndef CLI_DISPATCH_H
#define CLI_DISPATCH_H

/* Runs one command line, whole: options, connection, the subcommand, QUIT. The exit status. */
int dispatch(int argc, char **argv);

#endif
