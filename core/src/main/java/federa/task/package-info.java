/**
 * What a run learns: how rows become what the model sees, what is minimised, and how the model's scores become
 * predictions. One file per task.
 */
package federa.task;
