/* The commands of `tenon`; each takes the arguments behind its name and returns the exit status. */
#ifndef CLIENT_CLI_COMMANDS_H
#define CLIENT_CLI_COMMANDS_H

int command_export(int argc, char **argv);
int command_import(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_version(int argc, char **argv);

#endif
