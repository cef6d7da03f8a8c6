/** From text to token ids. */
package federa.text;
