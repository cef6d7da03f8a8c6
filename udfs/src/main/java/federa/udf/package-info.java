/**
 * What runs inside a Spark task: a client's round, the aggregation of updates, prediction, and what a process keeps in
 * native memory for them.
 */
package federa.udf;
