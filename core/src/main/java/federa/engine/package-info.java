/**
 * PyTorch below what DJL offers: gradients, threads, devices, precision, and operations that DJL lacks. Only this
 * package knows DJL's internals.
 */
package federa.engine;
