/**
 * Models in the files of other tools: PEFT's adapters, Hugging Face's directories, and TorchScript for DJL. Each writer
 * fills an empty local directory.
 */
package federa.exchange;
