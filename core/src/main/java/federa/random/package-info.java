/**
 * Seeds, and draws that are functions of them: whatever is random in a run comes from here, so that a run can be
 * repeated to the bit.
 */
package federa.random;
