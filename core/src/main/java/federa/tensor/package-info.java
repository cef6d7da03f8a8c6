/** Trained tensors as they travel between processes: float32 values on the heap, named, sorted and with a digest. */
package federa.tensor;
