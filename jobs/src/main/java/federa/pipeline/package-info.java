/**
 * From raw data to a trained run: each input is found in the warehouse or made, then the rounds are driven, resumed and
 * evaluated.
 */
package federa.pipeline;
