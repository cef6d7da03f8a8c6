/**
 * What of a pre-trained encoder is trained: parameter-efficient fine-tuning methods, one file each, and the layers that
 * they add.
 */
package federa.peft;
