#ifndef SERVE_SETTINGS_H
#define SERVE_SETTINGS_H

#include "serve/serve.h"

/* Whether the settings go together; fails with POP3_E_USAGE and says what is wrong. */
int settings_check(const struct serve_settings *settings, struct pop3_error *err);

#endif
