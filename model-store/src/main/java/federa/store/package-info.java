/**
 * What is kept: the warehouse's tables and models, and the rule by which a round is committed once and by one driver
 * only.
 */
package federa.store;
