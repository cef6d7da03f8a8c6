package federa.federated;

import federa.tensor.TensorMap;

/**
 * What the server sends a client at the begin of a round.
 *
 * @param trainable the tensors that the client starts from
 * @param baseDelta what training has added to frozen tensors since round 0, by their names in the base model
 * @param control what the client's algorithm needs beside the model, such as SCAFFOLD's control variate; mostly empty. Its
 *     names are other than those of trainable tensors
 */
public record GlobalModel(TensorMap trainable, TensorMap baseDelta, TensorMap control) {}
