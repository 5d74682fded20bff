def frame(request):
    return {"navigation": [], "unread_count": None}
