"""The doors of this app."""

from django.urls import path

from coaching.skillmatrix import views as skillmatrix
from coaching.tickets import views as tickets

app_name = "coaching"

urlpatterns: list = [
    path("coaching/", tickets.ticket_board, name="ticket-board"),
    path("coaching/<int:pk>/", tickets.ticket_detail, name="ticket-detail"),
    path("coaching/<int:pk>/take/", tickets.ticket_take, name="ticket-take"),
    path("coaching/<int:pk>/assign/", tickets.ticket_assign, name="ticket-assign"),
    path("coaching/<int:pk>/retest/", tickets.ticket_retest, name="ticket-retest"),
    path("coaching/<int:pk>/note/", tickets.ticket_note, name="ticket-note"),
    path("coaching/<int:pk>/dismiss/", tickets.ticket_dismiss, name="ticket-dismiss"),
    path("skills/", skillmatrix.skill_matrix, name="skill-matrix"),
    path("skills/matrix.xlsx", skillmatrix.skill_matrix_xlsx, name="skill-matrix-xlsx"),
    path("skills/<int:pk>/", skillmatrix.profile, name="profile"),
    path("skills/<int:pk>/<slug:key>/", skillmatrix.skill_cell, name="skill-cell"),
    path("skills/<int:pk>/<slug:key>/lesson/", skillmatrix.cell_lesson, name="cell-lesson"),
    path("skills/<int:pk>/<slug:key>/ticket/", skillmatrix.cell_ticket, name="cell-ticket"),
]
