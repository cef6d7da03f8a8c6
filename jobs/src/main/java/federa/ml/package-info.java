/** Spark ML's estimators and models, as a front of the pipeline. */
package federa.ml;
