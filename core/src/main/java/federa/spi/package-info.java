/**
 * What an extension of this project meets first: how it adds choices to experiment files, and how it refuses what it cannot
 * use. The package depends on nothing, so every module and every jar of a user may depend on it.
 */
package federa.spi;
