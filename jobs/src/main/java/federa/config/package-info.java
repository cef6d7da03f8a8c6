/** Experiment files: the records that they are bound to, the YAML, and messages that name the key that is wrong. */
package federa.config;
