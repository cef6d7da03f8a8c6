/** From text to token ids, and where in the text each of them stands. */
package federa.text;
