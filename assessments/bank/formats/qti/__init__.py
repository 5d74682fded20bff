"""QTI 2.1 and 2.2, as far as questions here can say it: choices, and what is as plain as they are.

https://www.imsglobal.org/question/qtiv2p2/imsqti_v2p2_impl.html
"""
