/** An exported model put to use by djl-spark instead of this project; built with -Pdjl-spark only. */
package federa.example;
