/** SQL functions that predict with a trained run, for any Spark session. */
package federa.sql;
