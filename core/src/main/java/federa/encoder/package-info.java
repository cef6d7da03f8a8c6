/**
 * Pre-trained encoders, RoBERTa and DeBERTaV3, and the heads on top of them. A model is built over tensors that it is
 * given, so that a frozen tensor cannot train by mistake and many clients share one base.
 */
package federa.encoder;
