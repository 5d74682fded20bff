"""The doors of this app."""

from django.urls import path

from courses.certificates import views as certificates
from courses.enrolment import views as enrolment
from courses.enrolment.views import following
from courses.insight import views as insight
from courses.progress import views as progress
from courses.reference import views as reference

app_name = "courses"

# Slugs may be Chinese, so they are plain strings here.
urlpatterns: list = [
    path("learn/", enrolment.course_list, name="course-list"),
    path("learn/courses/<str:slug>/", enrolment.course_detail, name="course-detail"),
    path("learn/courses/<str:course>/<str:slug>/", enrolment.lesson_detail, name="lesson-detail"),
    path("learn/lessons/<int:pk>/complete/", progress.lesson_complete, name="lesson-complete"),
    path("learn/lessons/<int:pk>/heartbeat/", progress.lesson_heartbeat, name="lesson-heartbeat"),
    path("learn/lessons/<int:pk>/check/", progress.check_answer, name="check-answer"),
    path("learn/tracks/<str:slug>/", enrolment.track_detail, name="track-detail"),
    path("learn/following/", following.following, name="following"),
    path("learn/following/download/", following.following_xlsx, name="following-xlsx"),
    path("learn/following/study/", following.following_study, name="following-study"),
    path("learn/following/remind/", following.following_remind, name="following-remind"),
    path("learn/following/enrol/", following.following_enrol, name="following-enrol"),
    path("learn/following/<int:pk>/", following.following_person, name="following-person"),
    path("learn/following/<int:pk>/download/", following.following_person_xlsx, name="following-person-xlsx"),
    path("learn/following/enrolments/<int:pk>/extend/", following.following_extend, name="following-extend"),
    path("learn/following/steps/<int:pk>/waive/", following.following_waive, name="following-waive"),
    path("learn/following/waivers/<int:pk>/withdraw/", following.following_withdraw, name="following-withdraw"),
    path("learn/search/", reference.search_page, name="search"),
    path("learn/find/", reference.find, name="find"),
    path("learn/phrases/", reference.phrase_list, name="phrase-list"),
    path("learn/terms/", reference.term_list, name="term-list"),
    path("learn/notes/", reference.note_list, name="note-list"),
    path("learn/notes/download/", reference.note_download, name="note-download"),
    path("learn/comments/", reference.comment_list, name="comment-list"),
    path("learn/comments/waiting/", insight.comment_work, name="comment-work"),
    path("learn/comments/<int:pk>/answer/", insight.comment_answer, name="comment-answer"),
    path("learn/insight/", insight.insight_list, name="insight-list"),
    path("learn/insight/download/", insight.insight_xlsx, name="insight-xlsx"),
    path("learn/insight/rereading/", insight.rereading_list, name="rereading-list"),
    path("learn/insight/<uuid:key>/", insight.insight_detail, name="insight-detail"),
    path("learn/lessons/<int:pk>/note/", reference.note_save, name="note-save"),
    path("learn/lessons/<int:pk>/bookmark/", reference.bookmark_set, name="bookmark-set"),
    path("learn/lessons/<int:pk>/rating/", reference.lesson_rate, name="lesson-rate"),
    path("learn/lessons/<int:pk>/comment/", reference.comment_send, name="comment-send"),
    path("certificates/", certificates.certificate_list, name="certificate-list"),
    path("certificates/verify/<uuid:uuid>/", certificates.certificate_verify, name="certificate-verify"),
    path("certificates/<int:pk>/revoke/", certificates.certificate_revoke, name="certificate-revoke"),
]
