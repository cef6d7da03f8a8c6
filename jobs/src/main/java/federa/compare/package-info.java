/** What runs of a grid come to when they are put side by side: means, ranks, differences, and time on other devices. */
package federa.compare;
