package federa.golden;

class RobertaParityTest extends EncoderParity {

    RobertaParityTest() {
        super("roberta");
    }
}
