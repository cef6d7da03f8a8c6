/**
 * A client's local training: its copy of the trained tensors, its optimizer, its steps; and prediction with such a
 * model.
 */
package federa.train;
