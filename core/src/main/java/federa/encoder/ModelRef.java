package federa.encoder;

import java.io.Serializable;

/**
 * Where a base model is kept.
 *
 * @param name in the model store
 * @param uri of its directory, on any file system that Hadoop reaches
 * @param sha256 over its files: the model's identity
 */
public record ModelRef(String name, String uri, String sha256) implements Serializable {}
