/** A run as one HTML page without references to other files. */
package federa.report;
