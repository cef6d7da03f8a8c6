package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** FedNLP's refill rule worked by hand. */
class LabelQueuesTest {
    @Test
    void aLabelThatHasEnoughGivesWhatIsWanted() {
        assertThat(new LabelQueues(new long[] {5, 5}).take(new long[] {2, 3})).containsExactly(2, 3);
    }

    @Test
    void smallestRemainingGivesFirstInProportionRoundedUp() {
        // Label 0 has 1 of 4: 3 are short. Label 1 gives ceil(2/8 * 3) = 1, label 2 the remaining 2 of ceil(6/8 * 3) =
        // 3.
        LabelQueues queues = new LabelQueues(new long[] {1, 2, 6});
        assertThat(queues.take(new long[] {4, 0, 0})).containsExactly(1, 1, 2);
        assertThat(queues.drain()).containsExactly(0, 1, 4);
    }

    @Test
    void equalLabelsGiveInTheirOrder() {
        // 2 are short and three labels have 3 each: ceil(3/9 * 2) = 1 from labels 1 and 2, then nothing is missing.
        assertThat(new LabelQueues(new long[] {0, 3, 3, 3}).take(new long[] {2, 0, 0, 0}))
                .containsExactly(0, 1, 1, 0);
    }

    @Test
    void refillTakesAheadOfTheWishesOfLaterLabels() {
        // Label 0 is short of 2 and takes them from label 1, which then has 1 for its own wish of 2; label 0 is empty,
        // label 2 has 5 and gives the missing one.
        assertThat(new LabelQueues(new long[] {1, 2, 5}).take(new long[] {3, 2, 0}))
                .containsExactly(1, 2, 2);
    }

    @Test
    void aShortfallOfEverythingLeftEmptiesTheQueues() {
        LabelQueues queues = new LabelQueues(new long[] {1, 2, 4});
        assertThat(queues.take(new long[] {7, 0, 0})).containsExactly(1, 2, 4);
        assertThat(queues.drain()).containsOnly(0);
    }
}
