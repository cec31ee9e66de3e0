"""The commonest words of nine languages: a query of nothing else would take nearly every item."""

from __future__ import annotations

#: Articles, prepositions, conjunctions, pronouns and auxiliaries, folded. Words that mean something
#: in another of the languages are left out: war, die, sin, son, plus, dans, ama.
COMMON_WORDS = frozenset(
    # English
    "a an and are as at be but by for from has have he her his i in is it its no not of on or she"
    " that the their they this to was we were who will with you"
    # German
    " aber als am an auch auf aus bei bis das dass dem den der des ein eine einem einen einer"
    " er es für hat im in ist mit nach nicht noch nur oder sich sie sind so um und von vor was"
    " werden wie wir wird zu zum zur über"
    # French
    " au aux avec ce cette de des du elle en est et il ils la le les leur mais ne nous on ou"
    " par pas pour qu que qui sa se ses sont sur un une vous à"
    # Spanish
    " al como con de del el ella en es esta este fue ha la las lo los más no o para pero por que se"
    " sobre su sus un una y ya"
    # Italian
    " al alla anche che con da dal dei del della delle di e gli ha i il in la le lo ma nel nella"
    " non o per più si sono su sul un una è"
    # Polish
    " ale co czy dla do i jak jest już na nie o od oraz po pod przez przy się są to w we z za ze że"
    # Turkish
    " bir bu da daha de ile için ne olarak olan ve çok"
    # Ukrainian
    " а але в від до з за й і на не о по про та та у це що як який із її його"
    # Russian
    " в во для до его ее за и из к как на не но о об он от по при с со так то у что это".split()
)
