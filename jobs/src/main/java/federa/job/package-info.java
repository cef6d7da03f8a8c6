/** The command line: one class for each job, the Spark session that it needs, and how its end is told. */
package federa.job;
